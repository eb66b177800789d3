/** The largest text file that is read, in bytes. */
export const LARGEST_FILE = 10 * 1024 * 1024;

/** The largest report that is read, in bytes. One of 10,000 integrations has about 30 MiB. */
export const LARGEST_REPORT = 64 * 1024 * 1024;

/** No report that this program writes nests deeper. */
export const DEEPEST_REPORT = 64;
