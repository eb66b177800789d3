/** The folder of the project, from where fixtures, documents and schemas are found. */
export const root = new URL("../../", import.meta.url);
