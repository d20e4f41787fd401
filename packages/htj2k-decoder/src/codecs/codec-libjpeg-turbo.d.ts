/** The parts of `@cornerstonejs/codec-libjpeg-turbo-8bit` 1.2.8 that this package uses. It ships no types. */
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  export interface JPEGDecoder {
    /** Returns a view of the heap. Fill it before `decode()`. */
    getEncodedBuffer(byteLength: number): Uint8Array<ArrayBuffer>
    /** Throws a number for each warning of libjpeg. */
    decode(): void
    /** Returns a view of the heap, which is lost when the heap grows. */
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
    /** The heap. It is another array after each growth. */
    readonly HEAPU8: Uint8Array<ArrayBuffer>
  }

  function createModule(options: {
    readonly print: (text: string) => void
    readonly printErr: (text: string) => void
    /** The WebAssembly file. Default: read from the folder of the codec's script. */
    readonly wasmBinary?: Uint8Array
  }): Promise<LibjpegTurboModule>

  export default createModule
}
