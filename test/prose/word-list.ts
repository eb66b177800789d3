/** A phrase that a reader of English as a second language has to read twice, and what to write instead. */
interface PhraseRule {
  readonly phrase: RegExp;
  readonly instead: string;
}

/**
 * The voice of the project as patterns: plain words, active sentences, standard terms. A rule that is often wrong is worse
 * than none, so each is narrow. A space matches any white space, line breaks included.
 */
export const PHRASES: readonly PhraseRule[] = [
  { phrase: /\bmend(?:s|ed|ing)?\b/i, instead: "fix" },
  { phrase: /\bshall\b/i, instead: "should, must, or the present tense" },
  { phrase: /\b(?:is|are|was|were|be|being) told\b(?! apart)/i, instead: "is reported, shown, known" },
  { phrase: /\btells?\b(?! (?:\w+ )?apart)/i, instead: "says, shows, reports" },
  { phrase: /\b(?:stands?|stood) in\b/i, instead: "is in" },
  { phrase: /\bin the way\b(?! (?:that|of)\b)/i, instead: "blocks, conflicts with" },
  { phrase: /\banew\b/i, instead: "again; made anew: recreated" },
  { phrase: /\bbut for\b/i, instead: "except" },
  { phrase: /\bnothing but\b/i, instead: "only" },
  { phrase: /\bno (?:\w+ ){1,3}but\b(?! (?:it|the|they|there|that|this|not)\b)/i, instead: "only, except" },
  { phrase: /\b(?:not|isn't|aren't|is|are|be|was) heard\b/i, instead: "is accepted, respected" },
  { phrase: /\bminds\b/i, instead: "respects, enforces" },
  { phrase: /\bof (?:its|their|his|your|our) own\b/i, instead: "its own X" },
  { phrase: /\b(?:is|are|was|were|be|being) taken over\b/i, instead: "is adopted, is replaced" },
  { phrase: /\bonce more\b/i, instead: "again" },
  { phrase: /\b(?<!there )(?:is|are|was|were) no (?!longer\b|more\b|less\b|other\b|such\b)\w+/i, instead: "is not a" },
  { phrase: /\b(?:server|API|emulator|endpoint)(?:'s)? answers\b(?! (?:to|of|are|is)\b)/i, instead: "returns" },
  { phrase: /\banswers (?:with|40\d|5\d\d|20\d)\b/i, instead: "returns" },
  { phrase: /\bcomes? to nothing\b|\bin vain\b/i, instead: "say what failed" },
  { phrase: /\bbe it\b|\blest\b|\bhitherto\b|\bthereof\b|\bwhence\b|\bas it were\b/i, instead: "plain words" },
  { phrase: /\blikewise\b/i, instead: "also, in the same way" },
  { phrase: /\bsave for\b/i, instead: "except" },
  { phrase: /\bat hand\b/i, instead: "available" },
  { phrase: /\bof (?:no|some|little) use\b/i, instead: "useless, useful" },
  { phrase: /\bwhat (?:it|they|he|she) (?:is|are) worth\b/i, instead: "say what is meant" },
  { phrase: /\bby and by\b|\bforthwith\b/i, instead: "soon, immediately" },
  { phrase: /\btroubles? (?:nobody|nothing|no)\b/i, instead: "say what is unaffected" },
  { phrase: /\bhowever (?:many|often|much|long)\b/i, instead: "any number of, say the limit" },
  { phrase: /\bbe (?:had|got)\b/i, instead: "is available" },
  { phrase: /\bfor want of\b/i, instead: "without" },
  { phrase: /\bas (?:soon|little|much) as may be\b/i, instead: "as possible" },
  { phrase: /\bwould look .{1,20} elsewhere\b/i, instead: "say what is downloaded, from where" },
];

/** Exceptions: a path, and a text in that file in which the phrase is right. */
export const ALLOWED: readonly { readonly path: string; readonly text: string }[] = [];
