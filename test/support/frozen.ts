/** Makes a value immutable and returns it: maps and sets throw on a write, everything else is frozen. */
export function frozen<T>(value: T): T {
  freeze(value);
  return value;
}

function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  if (value instanceof Map || value instanceof Set) {
    const parts: unknown[] = [...value].flat();
    for (const part of parts) freeze(part);
    for (const method of ["set", "add", "delete", "clear"]) {
      if (method in value) Object.defineProperty(value, method, { value: throwFrozen });
    }
  } else for (const part of Object.values(value)) freeze(part);
  Object.freeze(value);
}

function throwFrozen(): never {
  throw new Error("a frozen map or set was changed");
}
