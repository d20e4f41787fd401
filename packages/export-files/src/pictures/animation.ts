/** A picture of an animation: a file of one picture, and how long it is shown, in milliseconds. */
export interface AnimationFrame {
  readonly file: Uint8Array
  readonly time: number
}
