/** The parts of `@cornerstonejs/codec-charls` 1.2 that this package uses; it ships no types. */
declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  export interface JpegLSDecoder {
    /** A view of the heap, to be filled before decode(). */
    getEncodedBuffer(byteLength: number): Uint8Array<ArrayBuffer>
    decode(): void
    /** A view of the heap, gone with the next growth of the heap. */
    getDecodedBuffer(): Uint8Array<ArrayBuffer>
    getFrameInfo(): {
      readonly width: number
      readonly height: number
      readonly bitsPerSample: number
      readonly componentCount: number
    }
    delete(): void
  }

  export interface CharlsModule {
    readonly JpegLSDecoder: new () => JpegLSDecoder
  }

  function createModule(options: {
    readonly print: (text: string) => void
    readonly printErr: (text: string) => void
  }): Promise<CharlsModule>

  export default createModule
}
