/** What a file may hold. */
export interface PipelineLimits {
  readonly references: number;
  /** Keys, values and signs. */
  readonly tokens: number;
}

/**
 * References: a hundred times what people have; each takes memory, and so does a finding. Tokens: twice what real files of
 * 5 MiB have; reading that many takes a second.
 */
export const PIPELINE_LIMITS: PipelineLimits = { references: 50_000, tokens: 1_500_000 };
