/**
 * The character sets of PS3.3 C.12.1.1.2 and their code extensions (PS3.5 6.1).
 * @module
 */
export { characterSetChoices } from './character-sets/character-set.ts'
export type { CharacterSetChoice } from './character-sets/character-set.ts'
