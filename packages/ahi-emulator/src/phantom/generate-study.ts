import { ctSeries } from './ct-series.ts'
import { generatedStudy } from './study.ts'
import { textReport } from './text-report.ts'
import { ultrasoundInstance } from './ultrasound-instance.ts'

/** Options of {@link generateStudy}. */
export interface GenerateStudyOptions {
  /** Decides everything about the study, its UIDs included. Default 1. */
  readonly seed?: number | undefined
  /** Slices of the CT series, 512 x 512 of 16 bits; 0 leaves the series out. Default 24. */
  readonly ctSlices?: number | undefined
  /** Frames of the colour ultrasound loop; 0 leaves it out. Default 8. */
  readonly ultrasoundFrames?: number | undefined
  /** Whether there is a structured report, an instance without pixels. Default true. */
  readonly report?: boolean | undefined
}

/** A generated file. */
export interface GeneratedFile {
  /** A file name, such as `CT0001.dcm`. */
  readonly name: string
  /** Part 10, Explicit VR Little Endian. */
  readonly data: Uint8Array
}

/**
 * Generates a study of a phantom patient as Part 10 files, one when asked for the next: a CT of chest and abdomen, a
 * colour ultrasound loop, and a report. One seed gives the same bytes every time.
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
