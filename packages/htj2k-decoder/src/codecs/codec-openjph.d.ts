/** The part of `@cornerstonejs/codec-openjph` 2.4.11 that this package uses. It ships no types. */
declare module '@cornerstonejs/codec-openjph' {
  export interface FrameInfo {
    readonly width: number
    readonly height: number
    readonly bitsPerSample: number
    readonly componentCount: number
    readonly isSigned: boolean
    readonly isUsingColorTransform: boolean
  }

  export interface HTJ2KDecoder {
    /** Returns a view of the heap. Fill it before decoding. */
    getEncodedBuffer(byteLength: number): Uint8Array<ArrayBuffer>
    decodeSubResolution(discardLevels: number): void
    /** Returns a view of the heap, which is lost when the heap grows. */
    getDecodedBuffer(): Uint8Array<ArrayBuffer>
    getFrameInfo(): FrameInfo
    getIsHeaderValid(): boolean
    getLastErrorMessage(): string
    delete(): void
  }

  export interface HTJ2KEncoder {
    getDecodedBuffer(frame: FrameInfo): Uint8Array<ArrayBuffer>
    setDecompositions(count: number): void
    setBlockDimensions(size: { readonly width: number; readonly height: number }): void
    setProgressionOrder(order: number): void
    setQuality(isLossless: boolean, quantizationStep: number): void
    setTLMMarker(isWritten: boolean): void
    setTilePartDivisionsAtResolutions(isDivided: boolean): void
    setTileSize(size: { readonly width: number; readonly height: number }): void
    encode(): void
    getEncodedBuffer(): Uint8Array<ArrayBuffer>
    delete(): void
  }

  export interface OpenJphModule {
    readonly HTJ2KDecoder: new () => HTJ2KDecoder
    readonly HTJ2KEncoder: new () => HTJ2KEncoder
    /** The heap. It is another array after each growth. */
    readonly HEAPU8: Uint8Array<ArrayBuffer>
  }

  function createModule(options: {
    readonly print: (text: string) => void
    readonly printErr: (text: string) => void
    /** The WebAssembly file. Default: read from the folder of the codec's script. */
    readonly wasmBinary?: Uint8Array
  }): Promise<OpenJphModule>

  export default createModule
}
