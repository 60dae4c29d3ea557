// What a program that uses fhir-kit-client does with /fhir (FHIR_BASE, FHIR_TOKEN); prints what it found as one line of JSON. ForeignClientTests judges it.
if (Number(process.versions.node.split('.')[0]) < 20) {
  process.exit(3);
}

const { CapabilityTool, Client } = await import('fhir-kit-client');

const client = new Client({ baseUrl: process.env.FHIR_BASE, bearerToken: process.env.FHIR_TOKEN });
const key = process.env.FHIR_KEY;
const system = 'urn:carerecords:client';
const found = {};
const status = async call => call.then(answer => Client.httpFor(answer).response.status, error => error.response.status);
const header = (resource, name) => Client.httpFor(resource).response.headers.get(name);

const statement = await client.capabilityStatement();
const can = new CapabilityTool(statement);
found.fhirVersion = statement.fhirVersion;
found.can = can.resourceCan('Organization', 'history-instance') && can.resourceCan('Observation', 'patch') && can.serverCan('transaction');
found.searchable = can.resourceSearch('Organization', 'identifier') && can.resourceSearch('Observation', 'combo-code-value-quantity');

const organization = n => ({ resourceType: 'Organization', identifier: [{ system, value: `${key}-${n}` }], name: `Hoitola ${n}`, alias: [key] });
const created = await client.create({ resourceType: 'Organization', body: organization(0) });
found.created = { location: header(created, 'location').endsWith(`/Organization/${created.id}/_history/1`), etag: header(created, 'etag'), version: created.meta.versionId };
for (let n = 1; n < 7; n++) {
  await client.create({ resourceType: 'Organization', body: organization(n) });
}

const again = { headers: { 'If-None-Exist': `identifier=${system}|${key}-0` } };
found.createdAgain = (await client.create({ resourceType: 'Organization', body: organization(0), options: again })).id === created.id;

found.pages = [];
let page = await client.search({ resourceType: 'Organization', searchParams: { identifier: Array.from({ length: 7 }, (_, n) => `${system}|${key}-${n}`).join(','), _count: 3, _sort: 'name' } });
found.total = page.total;
for (let last; page; last = page, page = await client.nextPage({ bundle: page })) {
  found.pages.push(page.entry.map(e => e.resource.name));
  if (last) {
    found.back = (await client.prevPage({ bundle: page })).entry.map(e => e.resource.id).join() === last.entry.map(e => e.resource.id).join();
  }
}

const posted = await client.search({ resourceType: 'Organization', searchParams: { identifier: `${system}|${key}-4` }, options: { postSearch: true } });
found.posted = posted.entry.map(e => e.resource.name);

await client.update({ resourceType: 'Organization', id: created.id, body: { ...created, name: 'Toinen' } });
const patched = await client.patch({ resourceType: 'Organization', id: created.id, jsonPatch: [{ op: 'replace', path: '/name', value: 'Kolmas' }] });
found.stale = await status(client.update({ resourceType: 'Organization', id: created.id, body: created, options: { headers: { 'If-Match': 'W/"1"' } } }));
found.etag = header(patched, 'etag');
const history = await client.history({ resourceType: 'Organization', id: created.id });
found.history = history.entry.map(e => `${e.request.method} ${e.resource.meta.versionId} ${e.resource.name}`);
found.vread = (await client.vread({ resourceType: 'Organization', id: created.id, version: '2' })).name;
found.versionsOfType = (await client.history({ resourceType: 'Organization' })).type;
found.notModified = await status(client.read({ resourceType: 'Organization', id: created.id, options: { headers: { 'If-None-Match': found.etag } } }));

const urn = 'urn:uuid:5f0b7a52-6d0f-4c8e-9c1e-0a2b3c4d5e6f';
const transaction = await client.transaction({
  body: {
    resourceType: 'Bundle', type: 'transaction', entry: [
      { fullUrl: urn, resource: { resourceType: 'Practitioner', identifier: [{ system, value: key }], name: [{ family: 'Asiakasohjelma' }] }, request: { method: 'POST', url: 'Practitioner' } },
      {
        resource: { resourceType: 'PractitionerRole', practitioner: { reference: urn }, organization: { reference: `Organization?identifier=${system}|${key}-0` } },
        request: { method: 'POST', url: 'PractitionerRole' },
      },
    ],
  },
});
const role = await client.request(transaction.entry[1].response.location);
const resolved = await client.resolve({ reference: role.organization.reference, context: role });
found.transaction = [transaction.type, (await client.resolve({ reference: role.practitioner.reference })).name[0].family, resolved.name];
const included = await client.search({ resourceType: 'PractitionerRole', searchParams: { 'practitioner.identifier': `${system}|${key}`, _include: 'PractitionerRole:practitioner' } });
found.included = included.entry.map(e => `${e.resource.resourceType} ${e.search.mode}`);

const valid = await client.operation({ name: '$validate', resourceType: 'Organization', input: { resourceType: 'Organization', name: 'Kelpaa' } });
found.validated = valid.resourceType;
await client.delete({ resourceType: 'Organization', id: created.id });
found.deleted = await status(client.read({ resourceType: 'Organization', id: created.id }));
found.nothing = await status(client.read({ resourceType: 'Organization', id: `none-${key}` }));
console.log(JSON.stringify(found));
