import type { Picture } from '@ahi-dicom/renderer'

/** Draws a picture of 8 bits. A canvas has red, green, blue and opacity for every pixel. */
export function showPicture(canvas: HTMLCanvasElement, { width, height, channels, data }: Picture): void {
  const image = new ImageData(width, height)
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      image.data[4 * pixel + channel] = data[channels * pixel + (channels === 1 ? 0 : channel)] ?? 0
    }
    image.data[4 * pixel + 3] = 255
  }
  canvas.width = width
  canvas.height = height
  canvas.getContext('2d')?.putImageData(image, 0, 0)
}
