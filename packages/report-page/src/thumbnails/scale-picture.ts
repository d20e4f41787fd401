import type { Picture } from '@ahi-dicom/renderer'

/** Makes a picture of 8 bits smaller, so that neither side is longer than `size`. Each sample is the mean of those it covers. */
export function scalePicture(picture: Picture, size: number): Picture {
  const { channels, data } = picture
  const factor = Math.min(1, size / Math.max(picture.width, picture.height))
  const width = Math.max(1, Math.round(picture.width * factor))
  const height = Math.max(1, Math.round(picture.height * factor))
  const scaled = new Uint8Array(width * height * channels)
  for (let y = 0; y < height; y += 1) {
    const rows = coveredBy(y, height, picture.height)
    for (let x = 0; x < width; x += 1) {
      const columns = coveredBy(x, width, picture.width)
      for (let channel = 0; channel < channels; channel += 1) {
        let sum = 0
        for (let row = rows.start; row < rows.end; row += 1) {
          for (let column = columns.start; column < columns.end; column += 1) {
            sum += data[(row * picture.width + column) * channels + channel] ?? 0
          }
        }
        const count = (rows.end - rows.start) * (columns.end - columns.start)
        scaled[(y * width + x) * channels + channel] = Math.round(sum / count)
      }
    }
  }
  return { width, height, channels, bits: 8, data: scaled }
}

function coveredBy(index: number, scaled: number, whole: number): { readonly start: number; readonly end: number } {
  const start = Math.floor((index * whole) / scaled)
  return { start, end: Math.max(start + 1, Math.floor(((index + 1) * whole) / scaled)) }
}
