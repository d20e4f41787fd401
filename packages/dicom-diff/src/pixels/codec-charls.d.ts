/** The parts of `@cornerstonejs/codec-charls` 1.2 that this package uses. It ships no types. */
declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  export interface JpegLSDecoder {
    /** Returns a view of the heap. Fill it before `decode()`. */
    getEncodedBuffer(byteLength: number): Uint8Array<ArrayBuffer>
    decode(): void
    /** Returns a view of the heap, which is lost when the heap grows. */
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
