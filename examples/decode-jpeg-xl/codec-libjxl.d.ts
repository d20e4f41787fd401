/** The part of `@cornerstonejs/codec-libjxl` 1.1.1 that this example uses; it ships no types. */
declare module '@cornerstonejs/codec-libjxl/decodewasmjs' {
  import type { FrameInfo, Heap, ModuleOptions } from '@cornerstonejs/codec-libjxl'

  export interface JpegXlDecoder extends Heap {
    /** Returns a view of the codec's memory, to be filled before decode(). */
    getEncodedBuffer(byteLength: number): Uint8Array
    /** Throws the address of a C++ exception for an image that cannot be decoded. */
    decode(): void
    getFrameInfo(): FrameInfo
    /** Returns a view of the codec's memory. */
    getDecodedBuffer(): Uint8Array
  }

  export interface DecoderModule {
    readonly JpegXLDecoder: new () => JpegXlDecoder
    getExceptionMessage(address: unknown): readonly [type: string, message: string]
    decrementExceptionRefcount(address: unknown): void
  }

  export default function createModule(options: ModuleOptions): Promise<DecoderModule>
}

declare module '@cornerstonejs/codec-libjxl/encodewasmjs' {
  import type { FrameInfo, Heap, ModuleOptions } from '@cornerstonejs/codec-libjxl'

  export interface JpegXlEncoder extends Heap {
    /** Returns a view of the codec's memory, to be filled before encode(). */
    getDecodedBuffer(frame: FrameInfo): Uint8Array
    setLossless(isLossless: boolean): void
    encode(): void
    /** Returns a view of the codec's memory. */
    getEncodedBuffer(): Uint8Array
  }

  export interface EncoderModule {
    readonly JpegXLEncoder: new () => JpegXlEncoder
  }

  export default function createModule(options: ModuleOptions): Promise<EncoderModule>
}

declare module '@cornerstonejs/codec-libjxl' {
  export interface FrameInfo {
    readonly width: number
    readonly height: number
    readonly bitsPerSample: number
    readonly componentCount: number
    readonly isSigned: boolean
  }

  export interface Heap {
    delete(): void
  }

  export interface ModuleOptions {
    readonly wasmBinary: Uint8Array
  }
}
