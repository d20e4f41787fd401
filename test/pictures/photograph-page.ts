import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

/** Makes a PNG of the page of an export in Chromium. */
export async function photographPage(page: string, picture: string): Promise<void> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    // Root has no sandbox. The page is our own.
    chromiumSandbox: process.getuid?.() !== 0,
  })
  try {
    const tab = await browser.newPage({ viewport: { width: 1040, height: 790 } })
    await tab.goto(pathToFileURL(page).href)
    await tab.locator('img.thumbnail').first().waitFor()
    await tab.screenshot({ path: picture, animations: 'disabled' })
  } finally {
    await browser.close()
  }
}
