import type { DicomInstance } from '@ahi-dicom/dicomizer'
import { createFrameRenderer, encodePicture, fittingSize } from '@ahi-dicom/renderer'
import type { Picture, RenderOptions } from '@ahi-dicom/renderer'
import type { FormatSettings } from '../destination/file-writer.ts'
import { createContactSheet, sheetSize } from '../pictures/contact-sheet.ts'
import type { SheetLayout } from '../pictures/contact-sheet.ts'
import { defaultQuality, encodeWithSharp } from '../pictures/encode-with-sharp.ts'
import { loadSharp } from '../pictures/load-sharp.ts'
import { readAhead } from '../reading/read-ahead.ts'
import { laneOf } from './format-lane.ts'
import { requireWhole } from './picture-format.ts'
import type { SeriesFormat, SeriesFormatItem } from './series-format.ts'
import { seriesFrames } from './series-frames.ts'
import type { SeriesFrame } from './series-frames.ts'
import { headerLines, tileLabel } from './sheet-labels.ts'

/** Options of {@link contactSheetFormat} for the rendering of frames and the look of the sheet. */
export interface ContactSheetFormatOptions extends Omit<RenderOptions, 'bits'> {
  /** Encoding of the sheet. `jpg` needs the optional package `sharp`. Default `png`. */
  readonly encoding?: 'png' | 'jpg' | undefined
  /** Quality of a JPEG, 1 to 100. Default 90. */
  readonly quality?: number | undefined
  /** Largest number of tiles. If a series has more frames, the sheet shows every nth one. Default 24. */
  readonly count?: number | undefined
  /** Number of tiles in a row. Default 6. */
  readonly columns?: number | undefined
  /** Longest edge of a tile in pixels. Smaller frames keep their size. Default 256. */
  readonly size?: number | undefined
  /** If true, the header names patient, study and series. Default false: the sheet's text has no patient data. */
  readonly withPatientData?: boolean | undefined
}

interface Settled {
  readonly encoding: 'png' | 'jpg'
  readonly count: number
  readonly columns: number
  readonly size: number
  readonly withPatientData: boolean
}

/** Largest number of pixels of a sheet, which limits the memory. */
const mostPixels = 64 * 2 ** 20

/**
 * Creates the format for contact sheets. A contact sheet is one picture of a series, with tiles of every nth frame in
 * scrolling order and the number and position of the frame below each tile. Tiles are rendered in the same way as PNGs,
 * and scaled down. Frames without a tile are not read.
 *
 * @throws {TypeError} if an option is out of range, or if the sheet could become too large
 * @throws {SharpError} if `encoding` is `jpg` and `sharp` cannot be used
 * @example
 * import { contactSheetFormat, dcmFormat } from '@ahi-dicom/export-files'
 *
 * const formats = [dcmFormat(), contactSheetFormat({ count: 12, columns: 4 })]
 * await exporter.exportTo({ datastoreId, selectors: 'all', destination, formats })
 */
export function contactSheetFormat(options: ContactSheetFormatOptions = {}): SeriesFormat {
  const { encoding = 'png', count = 24, columns = 6, size = 256, withPatientData = false, quality } = options
  const settled: Settled = { encoding, count, columns, size, withPatientData }
  checkOptions(settled, quality)
  const encode = encoderOf(encoding, quality)
  return {
    scope: 'series',
    name: 'contact-sheet',
    settings: settingsOf(options, settled),
    *files(item) {
      const plan = planSheet(item.instances, settled)
      if (plan.tiles.length === 0) return
      yield {
        suffix: `_contact-sheet.${encoding}`,
        mediaType: encoding === 'png' ? 'image/png' : 'image/jpeg',
        chunks: sheetBytes(plan, { ...item, options, encode }),
        frames: plan.tiles.length,
      }
    },
    foresee(instances) {
      const { tiles, layout } = planSheet(instances, settled)
      if (tiles.length === 0) return { files: 0, byteLength: 0, accuracy: 'exact', frames: 0 }
      const { width, height } = sheetSize(layout)
      const byteLength = Math.ceil((width * 3 + 1) * height * mostPerByte) + smallestPicture
      return { files: 1, byteLength, accuracy: 'at-most', frames: tiles.length }
    },
    get lane() {
      return laneOf('contact-sheet', { 'contact-sheet': options }, 'series')
    },
  }
}

/**
 * Largest file size per byte of samples, measured with noise as JPEG of the best quality and rounded up; and size of
 * headers.
 */
const [mostPerByte, smallestPicture] = [1.5, 1024]

function checkOptions({ count, columns, size }: Settled, quality: number | undefined): void {
  requireWhole('count', count, { from: 1, to: 10_000 })
  requireWhole('columns', columns, { from: 1, to: 1000 })
  requireWhole('size', size, { from: 16, to: 4096 })
  requireWhole('quality', quality, { from: 1, to: 100 })
  const layout = { header: ['', '', ''], columns: Math.min(columns, count), rows: Math.ceil(count / columns) }
  const { width, height } = sheetSize({ ...layout, tileWidth: size, tileHeight: size })
  if (width * height > mostPixels || Math.max(width, height) > longestEdge) {
    const message = `Expected \`count\`, \`columns\` and \`size\` to give a sheet of at most 64 million pixels, and at most ${longestEdge} on each side, got ${width} x ${height}`
    throw new TypeError(message)
  }
}

/** Longest edge that libjpeg can encode, in pixels. */
const longestEdge = 65_500

type Encode = (picture: Picture) => Uint8Array | Promise<Uint8Array>

function encoderOf(encoding: Settled['encoding'], quality = defaultQuality): Encode {
  if (encoding === 'png') return (picture) => encodePicture(picture)
  const sharp = loadSharp()
  return (picture) => encodeWithSharp(sharp, picture, { format: 'jpg', quality })
}

/** The frames of a sheet and their arrangement. */
interface SheetPlan {
  readonly tiles: readonly SeriesFrame[]
  readonly layout: SheetLayout
}

function planSheet(instances: readonly DicomInstance[], { count, columns, size, withPatientData }: Settled): SheetPlan {
  const frames = seriesFrames(instances)
  const tiles = everyNth(frames, count)
  const sizes = tiles.map(({ instance: { attributes } }) =>
    fittingSize({ width: attributes.number('Columns') ?? size, height: attributes.number('Rows') ?? size }, size),
  )
  const attributes = tiles[0]?.instance.attributes
  const layout = {
    header: attributes ? headerLines(attributes, { shown: tiles.length, total: frames.length, withPatientData }) : [],
    columns: Math.min(columns, tiles.length),
    rows: Math.ceil(tiles.length / columns),
    tileWidth: Math.max(...sizes.map(({ width }) => width)),
    tileHeight: Math.max(...sizes.map(({ height }) => height)),
  }
  return { tiles, layout }
}

/** Returns every nth item, at most `count` in all, centred in the list. */
function everyNth<Item>(items: readonly Item[], count: number): readonly Item[] {
  const step = Math.max(1, Math.ceil(items.length / count))
  const first = Math.floor(((items.length - 1) % step) / 2)
  return items.filter((_, index) => index >= first && (index - first) % step === 0)
}

interface Drawing extends Pick<SeriesFormatItem, 'reading' | 'onNotice'> {
  readonly options: ContactSheetFormatOptions
  readonly encode: Encode
}

async function* sheetBytes(
  { tiles, layout }: SheetPlan,
  { reading: { signal, frameConcurrency = 4 }, onNotice, options, encode }: Drawing,
): AsyncGenerator<Uint8Array> {
  const { window, windowIndex, overlays } = options
  const sheet = createContactSheet(layout)
  const load = async ({ instance, frame }: SeriesFrame): Promise<Picture> => {
    const render = createFrameRenderer(instance, {
      window,
      windowIndex,
      overlays,
      signal,
      onNotice: (notice) => onNotice({ ...notice, isLoss: false }),
    })
    return (await render(frame)).picture
  }
  let index = 0
  for await (const picture of readAhead(tiles, frameConcurrency - 1, load)) {
    const tile = tiles[index]
    if (tile !== undefined) sheet.draw(index, picture, tileLabel(tile))
    index += 1
  }
  yield await encode(sheet.picture())
}

/** Returns the settings for the manifest. Rendering options are included only if they differ from their defaults. */
function settingsOf(
  { window, windowIndex, overlays = false, quality = defaultQuality }: ContactSheetFormatOptions,
  { encoding, count, columns, size, withPatientData }: Settled,
): FormatSettings {
  return {
    ...(encoding === 'jpg' && { encoding, quality }),
    count,
    columns,
    size,
    ...(withPatientData && { withPatientData }),
    ...(window !== undefined && { window: { center: window.center, width: window.width } }),
    ...(windowIndex !== undefined && { windowIndex }),
    ...(overlays && { overlays }),
  }
}
