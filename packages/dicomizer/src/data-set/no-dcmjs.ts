/** Replaces `load-dcmjs.ts` in browsers, which cannot load a package synchronously. */
export function loadDcmjs(): never {
  throw new Error('a browser cannot load packages synchronously')
}
