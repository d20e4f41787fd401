/** The part of `@cornerstonejs/codec-openjph` 2.4.11 that this package uses; it ships no types. */
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
    /** A view of the heap, to be filled before decode(). */
    getEncodedBuffer(byteLength: number): Uint8Array<ArrayBuffer>
    decodeSubResolution(discardLevels: number): void
    /** A view of the heap, gone with the next growth of the heap. */
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
    /** The heap, another array after each growth. */
    readonly HEAPU8: Uint8Array<ArrayBuffer>
  }

  function createModule(options: {
    readonly print: (text: string) => void
    readonly printErr: (text: string) => void
    /** The WebAssembly file. Default: the codec reads it beside its script. */
    readonly wasmBinary?: Uint8Array
  }): Promise<OpenJphModule>

  export default createModule
}
