/** Shows the frames of an image set, and offers its instances as DICOM files. All of it happens in the browser. */
import { parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { createFrameReader, dicomize, type DicomInstance, type FrameSource } from '@ahi-dicom/dicomizer'
import { describeImage, renderFrame } from '@ahi-dicom/renderer'
import { showPicture } from './show-picture.ts'
import { createThreadDecoder } from './thread-decoder.ts'

const status = element('status', HTMLElement)
const canvas = element('picture', HTMLCanvasElement)
const choice = element('choice', HTMLInputElement)
const download = element('download', HTMLAnchorElement)

try {
  const source: FrameSource = {
    getImageFrame: async ({ imageFrameId }) => ({ data: await fetchBytes(`frames/${imageFrameId}`) }),
  }
  const frameReader = createFrameReader({ source, decoder: createThreadDecoder() })
  const metadata = parseImageSetMetadata(await fetchBytes('metadata.json'))
  const frames = [...dicomize(metadata, { frameReader })].flatMap(framesOf)
  choice.max = String(frames.length - 1)
  choice.addEventListener('input', () => void show(frames))
  await show(frames)
} catch (error) {
  tell(error)
}

interface Frame {
  readonly instance: DicomInstance
  readonly index: number
}

function framesOf(instance: DicomInstance): Frame[] {
  return Array.from({ length: instance.pictureCount }, (_, index) => ({ instance, index }))
}

async function show(frames: readonly Frame[]): Promise<void> {
  try {
    const chosen = choice.value
    const frame = frames[Number(chosen)]
    if (frame === undefined) throw new Error('Cannot show anything: the image set has no frames')
    const { instance, index } = frame
    const pixels = await instance.frame(index)
    const file = await fileOf(instance)
    // The user chose another one in the meantime.
    if (choice.value !== chosen) return
    showPicture(canvas, renderFrame(pixels, describeImage(instance.attributes, index)))
    URL.revokeObjectURL(download.href)
    download.href = URL.createObjectURL(file)
    download.download = `${instance.sopInstanceUid}.dcm`
    download.hidden = false
    status.textContent = `frame ${Number(chosen) + 1} of ${frames.length}`
  } catch (error) {
    tell(error)
  }
}

/** A chunk is valid until the next one is asked for, so each is copied into a Blob at once. */
async function fileOf(instance: DicomInstance): Promise<Blob> {
  const parts: Blob[] = []
  for await (const chunk of instance.part10()) parts.push(new Blob([new Uint8Array(chunk)]))
  return new Blob(parts, { type: 'application/dicom' })
}

async function fetchBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(path)
  if (!response.ok) throw new Error(`Cannot fetch ${path}: HTTP ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}

function tell(error: unknown): void {
  status.textContent = error instanceof Error ? error.message : String(error)
}

function element<E extends HTMLElement>(id: string, type: new () => E): E {
  const found = document.getElementById(id)
  if (found instanceof type) return found
  throw new Error(`The page has no ${id}`)
}
