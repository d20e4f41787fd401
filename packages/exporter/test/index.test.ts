import * as exporter from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'

test('exports what it says', () => {
  expect(Object.keys(exporter).sort()).toEqual([
    'ColumnError',
    'ExporterClosedError',
    'FileNotReportedError',
    'FilterError',
    'ImageSetNotReplacedError',
    'InstanceLossError',
    'LaneError',
    'NothingSelectedError',
    'ParquetWriterMissingError',
    'PricesError',
    'SelectorError',
    'WholeInstanceError',
    'cacheDocuments',
    'cellText',
    'createExporter',
    'describeSelection',
    'encodeCsv',
    'encodeNdjson',
    'encodeParquet',
    'equalsFilter',
    'estimateCost',
    'estimateSeconds',
    'excludeFilter',
    'formatSelector',
    'parseFilter',
    'parsePrices',
    'parseSelector',
    'publishedPrices',
    'readSelector',
    'rowJson',
    'splitColumns',
    'tableColumns',
  ])
})
