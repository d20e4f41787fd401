import * as emulator from '@ahi-dicom/ahi-emulator'
import { expect, test } from 'vitest'

test('exports exactly these names', () => {
  expect(Object.keys(emulator).sort()).toEqual([
    'DataFolderError',
    'FaultRulesError',
    'NothingToImportError',
    'UnknownDatastoreError',
    'connectionHelp',
    'generateStudy',
    'importMessages',
    'loadFaultRules',
    'parseAccessKey',
    'parseFaultRules',
    'readyReport',
    'startEmulator',
  ])
})
