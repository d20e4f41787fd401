/**
 * The data dictionary of PS3.6, by keyword and by tag.
 * @module
 */
export { lookUpKeyword, lookUpTag } from './dictionary/dictionary.ts'
export type { DictionaryEntry } from './dictionary/dictionary.ts'
