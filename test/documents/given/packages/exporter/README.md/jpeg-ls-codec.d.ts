/** A codec of the reader's own, which an example imports. */
export function decodeJpegLs(codeStream: Uint8Array): Uint8Array
