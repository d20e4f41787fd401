/**
 * The character sets of PS3.3 C.12.1.1.2 and their code extensions (PS3.5 6.1).
 * @module
 */
export { textDecoding } from './character-sets/decode-text.ts'
export type { TextDecoding } from './character-sets/decode-text.ts'
export { characterSetChoices } from './character-sets/encode-text.ts'
export type { CharacterSetChoice } from './character-sets/encode-text.ts'
export { definedTerm } from './character-sets/registrations.ts'
