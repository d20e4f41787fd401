/** A frame of an animation. */
export interface AnimationFrame {
  /** An encoded file with a single picture. */
  readonly file: Uint8Array
  /** Time that the frame is shown, in milliseconds. */
  readonly time: number
}
