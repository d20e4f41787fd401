import { defaultLayout, defaultSeriesLayout, formatNames } from '@ahi-dicom/export-files'
import type { NonPrimary } from '@ahi-dicom/exporter'
import type { JsonObject } from '@ahi-dicom/fleet'
import type { BucketOptions } from '../destinations/bucket.ts'
import type { ModeOptions } from '../destinations/mode-option.ts'
import { hasSeriesFiles, type FileOptions } from '../options/file-options.ts'
import type { FilterOptions } from '../options/filters.ts'
import type { DateRange, FrameRange, Window } from '../options/option-values.ts'

/** Options of a run: those that select instances or shape files. They are the same on all machines. */
export interface RunSettings
  extends
    Omit<FilterOptions, 'patientId' | 'accession'>,
    Omit<FileOptions, 'dicomdir'>,
    ModeOptions,
    Pick<BucketOptions, 'outSse' | 'outKmsKey' | 'outStorageClass' | 'outPartSize' | 'outTag'> {
  readonly nonPrimary?: 'include' | 'only'
}

/**
 * Returns the settings of a run by option name, as texts for the parsers of the options. Equivalent command lines give equal
 * settings. Defaults are included, because a worker of another version may have other defaults.
 */
export function formatSettings(settings: RunSettings, nonPrimary: NonPrimary | undefined): JsonObject {
  const { format = ['dcm'], layout = defaultLayout, frame, window, studyDate, mode } = settings
  return present({
    format: formatNames.filter((name) => format.includes(name)).join(','),
    transferSyntax: settings.transferSyntax,
    source: settings.source,
    layout,
    headerOnly: settings.headerOnly,
    verify: settings.verify,
    pngBits: settings.pngBits,
    frame: frame && frame.map(frameText).join(','),
    window: window && windowText(window),
    windowIndex: settings.windowIndex,
    overlays: settings.overlays,
    size: settings.size,
    quality: settings.quality,
    cine: settings.cine,
    contactSheet: settings.contactSheet,
    sheetEncoding: settings.sheetEncoding,
    sheetTiles: settings.sheetTiles,
    sheetColumns: settings.sheetColumns,
    sheetTileSize: settings.sheetTileSize,
    sheetPatientData: settings.sheetPatientData,
    seriesLayout: settings.seriesLayout ?? (hasSeriesFiles(settings) ? defaultSeriesLayout : undefined),
    gaps: settings.gaps,
    values: settings.values,
    segments: settings.segments,
    studyDate: studyDate && dateText(studyDate),
    modality: settings.modality,
    sopClass: settings.sopClass,
    createdSince: settings.createdSince?.toISOString(),
    updatedSince: settings.updatedSince?.toISOString(),
    where: settings.where,
    exclude: settings.exclude,
    nonPrimary: nonPrimary === 'exclude' ? undefined : nonPrimary,
    mode: mode === undefined ? undefined : mode.toString(8).padStart(4, '0'),
    outSse: settings.outSse,
    outKmsKey: settings.outKmsKey,
    outStorageClass: settings.outStorageClass,
    outPartSize: settings.outPartSize,
    outTag: settings.outTag,
  } satisfies Record<keyof RunSettings, JsonObject[string] | undefined>)
}

function present(members: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject {
  const settings: Record<string, JsonObject[string]> = {}
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) settings[name] = value
  }
  return settings
}

/** Returns a range in DICOM frame numbers, which start at 1. */
function frameText({ from, to }: FrameRange): string {
  return from === to ? String(from + 1) : `${from + 1}-${to + 1}`
}

function windowText({ center, width }: Window): string {
  return `${center},${width}`
}

function dateText({ from = '', to = '' }: DateRange): string {
  return `${from}..${to}`
}
