/** Takes the place of `load-dcmjs.ts` in browsers, which cannot load a package while a function waits. */
export function loadDcmjs(): never {
  throw new Error('a browser loads no packages')
}
