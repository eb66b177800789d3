/** Generates all files that are made from other files: for the sources to import, and for `schemas/`. */
await import("./compile-schema.ts");
await import("./bundle-recipes.ts");
