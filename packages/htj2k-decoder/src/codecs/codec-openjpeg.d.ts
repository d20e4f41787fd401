/** The parts of `@cornerstonejs/codec-openjpeg` 1.3.6 that this package and its tests use. It ships no types. */
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  export interface J2KDecoder {
    /** Returns a view of the heap. Fill it before decoding. */
    getEncodedBuffer(byteLength: number): Uint8Array<ArrayBuffer>
    /**
     * Decodes the buffer. `layers` is the most quality layers to decode, 0 for all. `decode()` would decode only the
     * first.
     */
    decodeSubResolution(discardLevels: number, layers: number): void
    /** Returns a copy of the samples. Empty if decoding failed. */
    getDecodedBuffer(): Uint8ClampedArray<ArrayBuffer>
    getFrameInfo(): {
      readonly width: number
      readonly height: number
      readonly bitsPerSample: number
      readonly componentCount: number
      readonly isSigned: boolean
    }
    delete(): void
  }

  export interface OpenJpegModule {
    readonly J2KDecoder: new () => J2KDecoder
    /** The heap. It is another array after each growth. */
    readonly HEAPU8: Uint8Array<ArrayBuffer>
  }

  function createModule(options: {
    readonly print: (text: string) => void
    readonly printErr: (text: string) => void
    /** The WebAssembly file. Default: read from the folder of the codec's script. */
    readonly wasmBinary?: Uint8Array
  }): Promise<OpenJpegModule>

  export default createModule
}

declare module '@cornerstonejs/codec-openjpeg/wasmjs' {
  export interface J2KEncoder {
    getDecodedBuffer(frame: {
      readonly width: number
      readonly height: number
      readonly bitsPerSample: number
      readonly componentCount: number
      readonly isSigned: boolean
    }): Uint8Array<ArrayBuffer>
    setDecompositions(count: number): void
    setQuality(isLossless: boolean, layers: number): void
    setCompressionRatio(layer: number, ratio: number): void
    encode(): void
    getEncodedBuffer(): Uint8Array<ArrayBuffer>
    delete(): void
  }

  function createModule(options: {
    readonly print: (text: string) => void
    readonly printErr: (text: string) => void
  }): Promise<{ readonly J2KEncoder: new () => J2KEncoder }>

  export default createModule
}
