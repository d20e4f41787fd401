import type { DecodedFrame } from '@ahi-dicom/htj2k-decoder'

/** What the page asks the worker. */
export interface Question {
  readonly id: number
  readonly codeStream: Uint8Array<ArrayBuffer>
}

/** What the worker answers. */
export type Answer =
  | { readonly id: number; readonly frame: DecodedFrame }
  | { readonly id: number; readonly why: string }
