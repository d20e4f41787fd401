import type { EntryData, ExportData, InstanceData, SeriesData } from '../src/page/page-data.ts'

/** A series, and the block of its instances. The block is parsed when the series is opened. */
export interface Series extends SeriesData {
  /** Text of the JSON. */
  readonly instancesText: () => string
}

/** Returns the facts about the export. */
export function readExportData(): ExportData {
  return JSON.parse(textOf('export'))
}

/** Returns all series. The blocks of series and of instances are in the same order. */
export function readSeries(): readonly Series[] {
  const instances = [...document.querySelectorAll('script.instances')]
  return [...document.querySelectorAll('script.series')].map((block, index) => {
    const data: SeriesData = JSON.parse(block.textContent)
    return { ...data, instancesText: () => instances[index]?.textContent ?? '[]' }
  })
}

/** Returns the instances of a series. */
export function readInstances({ instancesText }: Series): readonly InstanceData[] {
  return JSON.parse(instancesText())
}

/** Returns failures or warnings. */
export function readEntries(id: 'failure-data' | 'warning-data'): readonly EntryData[] {
  return JSON.parse(textOf(id))
}

function textOf(id: string): string {
  return document.getElementById(id)?.textContent ?? 'null'
}
