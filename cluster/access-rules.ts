/**
 * What users may do on the cluster, in the form of Trino's file-based access control: everybody everything, but for those named
 * `least…`. They read in schemas `sources_…` and write in schemas `written_…`; each but the first lacks one right of these.
 */
export const accessRules = {
  catalogs: [
    { user: 'least.*', catalog: 'lake|state', allow: 'all' },
    { user: 'least.*', allow: 'none' },
    { allow: 'all' },
  ],
  schemas: [{ user: 'least.*', owner: false }, { owner: true }],
  tables: [
    { user: 'least_without_source', catalog: 'lake', schema: 'sources_.*', privileges: [] },
    {
      user: 'least_without_snapshots',
      catalog: 'lake',
      schema: 'sources_.*',
      table: '.*\\$refs',
      privileges: [],
    },
    { user: 'least.*', catalog: 'lake', schema: 'sources_.*', privileges: ['SELECT'] },
    ...Object.entries({
      least: ['SELECT', 'INSERT', 'OWNERSHIP'],
      least_without_select: ['INSERT', 'OWNERSHIP'],
      least_without_insert: ['SELECT', 'OWNERSHIP'],
      least_without_ownership: ['SELECT', 'INSERT'],
      'least_without_(source|snapshots)': ['SELECT', 'INSERT', 'OWNERSHIP'],
    }).map(([user, privileges]) => ({ user, catalog: 'lake', schema: 'written_.*', privileges })),
    { user: 'least.*', privileges: [] },
    { privileges: ['SELECT', 'INSERT', 'DELETE', 'UPDATE', 'OWNERSHIP', 'GRANT_SELECT'] },
  ],
  system_information: [{ user: 'least.*', allow: [] }, { allow: ['read', 'write'] }],
}
