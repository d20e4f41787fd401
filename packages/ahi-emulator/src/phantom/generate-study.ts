import { ctSeries } from './ct-series.ts'
import { generatedStudy } from './study.ts'
import { textReport } from './text-report.ts'
import { ultrasoundInstance } from './ultrasound-instance.ts'

/** Options of {@link generateStudy}. */
export interface GenerateStudyOptions {
  /** Seed of the whole study, including its UIDs. Default 1. */
  readonly seed?: number | undefined
  /** Number of CT slices, each 512 x 512 pixels of 16 bits. 0 omits the series. Default 24. */
  readonly ctSlices?: number | undefined
  /** Number of frames of the colour ultrasound loop. 0 omits it. Default 8. */
  readonly ultrasoundFrames?: number | undefined
  /** Include a structured report, which is an instance without pixels. Default true. */
  readonly report?: boolean | undefined
}

/** A generated file. */
export interface GeneratedFile {
  /** File name, such as `CT0001.dcm`. */
  readonly name: string
  /** Part 10 file in Explicit VR Little Endian. */
  readonly data: Uint8Array
}

/**
 * Generates a study of a phantom patient, and yields its Part 10 files one by one: a CT of chest and abdomen, a colour
 * ultrasound loop, and a report. The same seed always gives the same bytes.
 *
 * @example
 * import { generateStudy, startEmulator } from '@ahi-dicom/ahi-emulator'
 *
 * await using ahi = await startEmulator()
 * await ahi.importDicom(Array.from(generateStudy({ ctSlices: 2 }), ({ data }) => data))
 */
export function* generateStudy(options: GenerateStudyOptions = {}): Generator<GeneratedFile> {
  const { seed = 1, ctSlices = 24, ultrasoundFrames = 8, report = true } = options
  const study = generatedStudy(seed)
  let slice = 0
  for (const data of ctSlices > 0 ? ctSeries(study, ctSlices) : []) {
    slice += 1
    yield { name: `CT${String(slice).padStart(4, '0')}.dcm`, data }
  }
  if (ultrasoundFrames > 0) yield { name: 'US0001.dcm', data: ultrasoundInstance(study, ultrasoundFrames) }
  if (report) yield { name: 'SR0001.dcm', data: textReport(study, { refersToCt: ctSlices > 0 }) }
}
