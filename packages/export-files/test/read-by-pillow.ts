import { spawnSync } from 'node:child_process'

/** Reads the pictures of a file with Pillow, as an independent reader. */
export function readByPillow(file: Buffer): PillowReading | undefined {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', pillow], { input: file, maxBuffer: 2 ** 28 })
  if (status === 0) return JSON.parse(stdout.toString())
  if (process.env['CI'] === 'true') throw new Error(`Pillow cannot read the file: ${stderr.toString()}`)
  console.log('Pillow is not there: the file is not read by it')
  return undefined
}

/** Properties of a picture or an animation, read by Pillow. */
export interface PillowReading {
  readonly format: string
  readonly mode: string
  readonly size: readonly [number, number]
  readonly loop: number | null
  readonly hasMetadata: boolean
  readonly durations: readonly (number | null)[]
  /** Samples of the first row of each frame. */
  readonly rows: readonly (readonly number[])[]
}

const pillow = `
import io, json, sys
from PIL import Image, ImageSequence
image = Image.open(io.BytesIO(sys.stdin.buffer.read()))
info = dict(image.info)
durations, rows = [], []
for frame in ImageSequence.Iterator(image):
    frame.load()
    durations.append(frame.info.get('duration'))
    rows.append(list(frame.convert('L').crop((0, 0, frame.width, 1)).tobytes()))
print(json.dumps({'format': image.format, 'mode': image.mode, 'size': image.size, 'loop': info.get('loop'),
    'hasMetadata': any(name in info for name in ('exif', 'icc_profile', 'xmp', 'comment')),
    'durations': durations, 'rows': rows}))
`
