import type { ReadFrame, WantedFrame } from '@ahi-dicom/dicomizer'

/** A frame that one lane asks another one to read: frames of large instances use several cores. Plain data. */
export interface GuestRequest {
  /** Tells the requests of the asking lane apart. */
  readonly id: number
  readonly itemId: number
  readonly datastoreId: string
  readonly imageSetId: string
  readonly imageFrameId: string
  readonly isRepeated: boolean
  readonly maxByteLength?: number | undefined
  readonly wanted: WantedFrame
  /** Where the samples go, and behind them the stored bytes, if they fit. Memory that both threads see. */
  readonly memory: SharedArrayBuffer
}

/** What came of it: where the bytes are in the memory, or an error. Plain data. */
export interface GuestFrame {
  readonly id: number
  readonly read?: Omit<ReadFrame, 'stored' | 'decoded' | 'release'> | undefined
  /** The decoded frame without its samples, which begin at 0. */
  readonly decoded?: (Omit<NonNullable<ReadFrame['decoded']>, 'pixels'> & { readonly byteLength: number }) | undefined
  /** Stored bytes begin behind the samples. */
  readonly storedByteLength?: number | undefined
  /** Where the bytes are if the memory of the request is too small. */
  readonly memory?: SharedArrayBuffer | undefined
  /** Whether nobody has read it: the asking lane is to. */
  readonly isUnread?: boolean | undefined
  readonly error?: GuestError | undefined
}

/** An error in plain data: threads strip errors of their fields. */
export interface GuestError {
  readonly name: string
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}
