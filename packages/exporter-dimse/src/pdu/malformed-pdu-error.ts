/** Thrown for bytes that are no PDU, or one that PS3.8 does not allow. `firstByte` is that of the PDU. */
export class MalformedPduError extends Error {
  override readonly name = 'MalformedPduError'
  readonly firstByte: number

  constructor(message: string, options: { readonly firstByte: number }) {
    super(message)
    this.firstByte = options.firstByte
  }
}
