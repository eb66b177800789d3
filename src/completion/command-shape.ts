/** The command line as plain data: what can be completed. */
export interface ProgramShape {
  readonly options: readonly OptionShape[];
  readonly commands: readonly CommandShape[];
}

export interface CommandShape {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionShape[];
  readonly arguments: readonly ArgumentShape[];
}

export interface OptionShape {
  /** `--file`. */
  readonly name: string;
  readonly description: string;
  /** `none`: a flag. `several`: all that follows, up to the next option. */
  readonly values: "none" | "one" | "several";
  readonly choices: readonly string[];
}

export interface ArgumentShape {
  readonly name: string;
  readonly isVariadic: boolean;
  readonly choices: readonly string[];
}
