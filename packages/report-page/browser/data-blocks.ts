import type { EntryData, ExportData, InstanceData, SeriesData } from '../src/page/page-data.ts'

/** A series, and where its instances are. They are parsed when somebody wants to see them. */
export interface Series extends SeriesData {
  /** Text of the JSON. */
  readonly instancesText: () => string
}

/** Reads what the page is about. */
export function readExportData(): ExportData {
  return JSON.parse(textOf('export'))
}

/** Reads all series. The blocks of series and of instances are in the same order. */
export function readSeries(): readonly Series[] {
  const instances = [...document.querySelectorAll('script.instances')]
  return [...document.querySelectorAll('script.series')].map((block, index) => {
    const data: SeriesData = JSON.parse(block.textContent)
    return { ...data, instancesText: () => instances[index]?.textContent ?? '[]' }
  })
}

/** Reads the instances of a series. */
export function readInstances({ instancesText }: Series): readonly InstanceData[] {
  return JSON.parse(instancesText())
}

/** Reads failures or warnings. */
export function readEntries(id: 'failure-data' | 'warning-data'): readonly EntryData[] {
  return JSON.parse(textOf(id))
}

function textOf(id: string): string {
  return document.getElementById(id)?.textContent ?? 'null'
}
