import { createRandom } from '../random.ts'

/** Size of an ultrasound frame. */
export const ultrasoundGrid = { columns: 320, rows: 240 }

/** Position of the transducer and its sector, in pixels and radians. */
const apex = { x: 160, y: 6 }
const sectorDepth = 222
const halfAngle = 0.68
const sectorRange = { nearest: 14, farthest: sectorDepth }

/** The polar grid of the speckle: beams, and samples along each beam. */
const beamCount = 128
const sampleCount = 512

/** Returns frames of a beating heart chamber with colour flow: RGB, colour by pixel, one after the other. */
export function ultrasoundFrames(seed: number, frameCount: number): Uint8Array<ArrayBuffer> {
  const { columns, rows } = ultrasoundGrid
  const speckle = createSpeckle(seed)
  const frames = new Uint8Array(frameCount * rows * columns * 3)
  for (let frame = 0; frame < frameCount; frame += 1) {
    const phase = (2 * Math.PI * frame) / frameCount
    const target = frames.subarray(frame * rows * columns * 3, (frame + 1) * rows * columns * 3)
    paintFrame(target, speckle, phase)
  }
  return frames
}

/** Generates speckle. It has a Rayleigh distribution, like the length of a random vector. */
function createSpeckle(seed: number): Float32Array {
  const random = createRandom(seed)
  return Float32Array.from(
    { length: beamCount * sampleCount },
    () => Math.hypot(random.gaussian(), random.gaussian()) / 1.25,
  )
}

function paintFrame(target: Uint8Array, speckle: Float32Array, phase: number): void {
  const { columns, rows } = ultrasoundGrid
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      target.set(colourAt(column, row, { speckle, phase }), (row * columns + column) * 3)
    }
  }
}

type Colour = readonly [red: number, green: number, blue: number]

function colourAt(x: number, y: number, frame: { readonly speckle: Float32Array; readonly phase: number }): Colour {
  if (x >= 8 && x < 16 && y >= 20 && y < 148) return scaleColour(1 - (y - 20) / 128)
  const range = Math.hypot(x - apex.x, y - apex.y)
  const angle = Math.atan2(x - apex.x, y - apex.y)
  if (Math.abs(angle) > halfAngle || range < sectorRange.nearest || range > sectorRange.farthest) return [0, 0, 0]
  const chamber = chamberDistance(x, y, frame.phase)
  const brightness = echo(chamber, range) * speckleAt(frame.speckle, angle, range)
  const grey = Math.min(255, Math.round(60 * Math.log2(1 + brightness)))
  return chamber < 0.8 ? flowColour(x, y, frame.phase, grey) : [grey, grey, grey]
}

/** Returns a colour of the scale beside the sector: red towards the transducer, blue away from it. */
function scaleColour(velocity: number): Colour {
  const towards = Math.round(255 * Math.max(0, 2 * velocity - 1))
  const away = Math.round(255 * Math.max(0, 1 - 2 * velocity))
  return [towards, Math.round((towards + away) / 4), away]
}

/** Returns 0 in the centre of the chamber and 1 at its wall. The chamber contracts and moves in each beat. */
function chamberDistance(x: number, y: number, phase: number): number {
  const beat = 1 + 0.16 * Math.cos(phase)
  const across = (x - 165 - 4 * Math.sin(phase)) / (42 * beat)
  const along = (y - 122 + 6 * Math.cos(phase)) / (58 * beat)
  return Math.sqrt(across * across + along * along)
}

/** Returns the echo at a depth: dark in blood, bright at the wall, fading with depth in tissue. */
function echo(chamber: number, range: number): number {
  const fading = Math.exp(-range / 260)
  if (chamber < 0.93) return 0.15 * fading
  if (chamber < 1.12) return 9 * fading
  return 3.2 * fading * (1 + 0.35 * Math.sin(range / 9))
}

function speckleAt(speckle: Float32Array, angle: number, range: number): number {
  const beam = ((angle + halfAngle) / (2 * halfAngle)) * (beamCount - 1)
  const sample = Math.min(sampleCount - 1, Math.floor((range / sectorDepth) * sampleCount))
  const left = Math.floor(beam)
  const share = beam - left
  const here = speckle[left * sampleCount + sample] ?? 0
  const next = speckle[Math.min(beamCount - 1, left + 1) * sampleCount + sample] ?? 0
  return here * (1 - share) + next * share
}

/** Returns the colour of the flow: a jet into the chamber, and its swirl. */
function flowColour(x: number, y: number, phase: number, grey: number): Colour {
  const velocity = Math.sin((x - 165) / 20 + phase) * Math.cos((y - 122) / 30)
  if (Math.abs(velocity) < 0.25) return [grey, grey, grey]
  const strength = Math.round(90 + 165 * Math.abs(velocity))
  return velocity > 0 ? [strength, Math.round(strength / 3), 0] : [0, Math.round(strength / 3), strength]
}
