/** Thrown if bytes are not a PDU or break PS3.8. `firstByte` is the first byte of the PDU. */
export class MalformedPduError extends Error {
  override readonly name = 'MalformedPduError'
  readonly firstByte: number

  constructor(message: string, options: { readonly firstByte: number }) {
    super(message)
    this.firstByte = options.firstByte
  }
}
