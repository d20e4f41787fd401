/** The parts of `@cornerstonejs/codec-libjpeg-turbo-8bit` 1.2.8 that this package uses; it ships no types. */
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  export interface JPEGDecoder {
    /** A view of the heap, to be filled before decode(). */
    getEncodedBuffer(byteLength: number): Uint8Array<ArrayBuffer>
    /** Throws a number for whatever libjpeg warns of. */
    decode(): void
    /** A view of the heap, gone with the next growth of the heap. */
    getDecodedBuffer(): Uint8Array<ArrayBuffer>
    getFrameInfo(): {
      readonly width: number
      readonly height: number
      readonly bitsPerSample: number
      readonly componentCount: number
      readonly isSigned: boolean
    }
    delete(): void
  }

  export interface LibjpegTurboModule {
    readonly JPEGDecoder: new () => JPEGDecoder
    /** The heap, another array after each growth. */
    readonly HEAPU8: Uint8Array<ArrayBuffer>
  }

  function createModule(options: {
    readonly print: (text: string) => void
    readonly printErr: (text: string) => void
    /** The WebAssembly file. Default: the codec reads it beside its script. */
    readonly wasmBinary?: Uint8Array
  }): Promise<LibjpegTurboModule>

  export default createModule
}
