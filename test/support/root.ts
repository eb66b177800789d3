/** The folder of the project, which holds the fixtures, documents and schemas. */
export const root = new URL("../../", import.meta.url);
