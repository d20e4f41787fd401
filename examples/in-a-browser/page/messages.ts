import type { DecodedFrame } from '@ahi-dicom/htj2k-decoder'

/** Request of the page to the worker. */
export interface Question {
  readonly id: number
  readonly codeStream: Uint8Array<ArrayBuffer>
}

/** Answer of the worker. */
export type Answer =
  | { readonly id: number; readonly frame: DecodedFrame }
  | { readonly id: number; readonly why: string }
