import { unzipSync } from "fflate";
import { failure, success, type Result } from "../../model/integration.ts";

/**
 * Unpacks one file of an artifact, which is a zip. Nothing is written to the disk, so paths in the zip have no effect.
 * @param limit the largest size of the unpacked file, in bytes
 */
export function fileOfArtifact(zip: Uint8Array, name: string, limit: number): Result<Uint8Array, string> {
  let problem: string | undefined;
  let found = 0;
  try {
    const files = unzipSync(zip, {
      filter: (file) => {
        if (file.name !== name) return false;
        found += 1;
        if (file.originalSize > limit) problem = `${name} has more than ${limit} bytes`;
        else if (found > 1) problem = `it has ${name} twice`;
        return problem === undefined;
      },
    });
    if (problem !== undefined) return failure(problem);
    const file = Object.hasOwn(files, name) ? files[name] : undefined;
    return file === undefined ? failure(`it has no ${name}`) : success(file);
  } catch {
    return failure("it isn't a zip that can be unpacked");
  }
}
