import { writeFileSync } from 'node:fs'
import { bundleBrowser } from './bundle-browser.ts'

writeFileSync(new URL('../src/page/browser.generated.ts', import.meta.url), await bundleBrowser())
