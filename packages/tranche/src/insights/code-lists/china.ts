import list from './china-provinces.json' with { type: 'json' }

export interface ProvinceEntry {
  /** GB/T 2260, six digits. */
  readonly code: string
  /** ISO 3166-2:CN. */
  readonly abbreviation: string
  readonly en: string
  readonly zh: string
  /** Chinese name without its kind: 广东. */
  readonly short: string
  readonly group: string
  readonly coastal: boolean
  /** Place on the tile grid. */
  readonly column: number
  readonly row: number
}

export interface RegionGroup {
  readonly key: string
  readonly en: string
  readonly zh: string
}

/** The day the list speaks of; provinces and coasts change rarely, groups are a convention. */
export const provincesAsOf: string = list.asOf
export const regionGroups: readonly RegionGroup[] = list.groups
export const chinaProvinces: readonly ProvinceEntry[] = list.provinces

const byName = new Map<string, ProvinceEntry>(
  chinaProvinces.flatMap((province) =>
    [province.code, province.code.slice(0, 2), province.zh, province.short, province.en.toLowerCase()].map(
      (name) => [name, province] as const,
    ),
  ),
)

/** The province that a source's text names: by code, Chinese name with or without its kind, or English name. */
export function findProvince(text: string): ProvinceEntry | undefined {
  const name = text.trim().toLowerCase()
  return byName.get(name) ?? byName.get(name.replace(/( province| municipality|省|市)$/, ''))
}
