import type { ReadFrame, WantedFrame } from '@ahi-dicom/dicomizer'

/** A request of one lane for another to read a frame, so that a large instance uses several cores. Plain data. */
export interface GuestRequest {
  /** Identifies the request within the asking lane. */
  readonly id: number
  readonly itemId: number
  readonly datastoreId: string
  readonly imageSetId: string
  readonly imageFrameId: string
  readonly isRepeated: boolean
  readonly maxByteLength?: number | undefined
  readonly wanted: WantedFrame
  /** Shared memory for the samples, followed by the stored bytes if they fit. */
  readonly memory: SharedArrayBuffer
}

/** The result of a {@link GuestRequest}: the place of the bytes in memory, or an error. Plain data. */
export interface GuestFrame {
  readonly id: number
  readonly read?: Omit<ReadFrame, 'stored' | 'decoded' | 'release'> | undefined
  /** The decoded frame without its samples. They start at byte 0 of the memory. */
  readonly decoded?: (Omit<NonNullable<ReadFrame['decoded']>, 'pixels'> & { readonly byteLength: number }) | undefined
  /** The length of the stored bytes. They follow the samples. */
  readonly storedByteLength?: number | undefined
  /** The memory used if the one in the request is too small. */
  readonly memory?: SharedArrayBuffer | undefined
  /** True if the frame was not read. The asking lane must then read it itself. */
  readonly isUnread?: boolean | undefined
  readonly error?: GuestError | undefined
}

/** An error as plain data. Errors lose their own fields when they are sent between threads. */
export interface GuestError {
  readonly name: string
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}
