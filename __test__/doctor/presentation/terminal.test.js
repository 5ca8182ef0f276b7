'use strict';

/* eslint-disable no-control-regex -- escape codes are what is tested */

const assert = require('node:assert/strict');
const { execFileSync, spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { stripVTControlCharacters } = require('node:util');
const { describe, it } = require('node:test');
const { terminalPresentation } = require('../../../lib/doctor/presentation/terminal');
const { FACTS, FINGERPRINT, Paper, SERVER, allFindings, commandOf, reportOf } = require('./planted');

const UTF8 = { LANG: 'en_US.UTF-8', TERM: 'xterm-256color' };
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/;
const COLOR = /\x1b\[\d+m/;

/**
 * @param {ReturnType<typeof reportOf>} report
 * @param {{ isTTY?: boolean, columns?: number, env?: Record<string, string>, color?: boolean }} [terminal]
 */
function shown({ progress, diagnosis }, { isTTY, columns, env = UTF8, color = true } = {}) {
  const paper = new Paper({ isTTY, columns });
  const presentation = terminalPresentation(paper, { color, env });
  for (const each of progress) presentation.progress(each);
  presentation.end(diagnosis);
  return paper.text;
}

/** What stays on the screen, without colours. @param {string} text */
function screen(text) {
  // A line that is cleared is gone.
  return stripVTControlCharacters(text.replace(/\r\x1b\[2K[^\r\n]*(?=\r\x1b\[2K)/g, '')).replaceAll('\r', '');
}

const healthy = reportOf(FACTS);
const { connect: _c, send: _s, stay: _t, ...unconnected } = FACTS;
const everything = reportOf(unconnected, allFindings('tls'));

describe('in a pipe', () => {
  for (const [name, env] of Object.entries({ UTF8, dumb: { ...UTF8, TERM: 'dumb' }, none: {} })) {
    it(`there are no control characters: ${name}`, () => {
      for (const report of [healthy, everything]) assert.doesNotMatch(shown(report, { env }), CONTROL);
    });
  }

  it('each step is one line with its time; those behind a failed one that were not reached are one', () => {
    const lines = shown(everything).split('\n');
    const taken = everything.diagnosis.steps.filter(({ status }) => status !== 'skipped');
    for (const { title } of taken) {
      const own = lines.filter((line) => line.slice(2).startsWith(`${title} `) && !/^[ │└]/.test(line));
      assert.equal(own.length, 1, `${title}: ${own}`);
      assert.match(own[0], / 12 ms {2}\S/);
    }
    assert.ok(lines.includes('– not reached: CONNECT, Message, Staying connected'), lines.join('\n'));
  });

  it('no step behind one that failed is ticked off', () => {
    const text = shown(everything);
    const failed = text.search(/^✘ TLS/m);
    assert.ok(failed > 0 && text.slice(0, failed).includes('✔ '));
    assert.doesNotMatch(text.slice(failed), /^✔ /m);
    assert.match(text.slice(failed), /^· Clock /m);
  });

  it('a dumb terminal gets the same', () => {
    const env = { ...UTF8, TERM: 'dumb' };
    assert.doesNotMatch(shown(everything, { isTTY: true, columns: 80, env }), CONTROL);
  });
});

describe('in a terminal', () => {
  for (const columns of [40, 60, 80, 120, 200]) {
    const text = shown(everything, { isTTY: true, columns });
    const lines = screen(text).split('\n');

    it(`${columns} columns wide, lines are no wider, save for what must stay whole`, () => {
      const whole = [FINGERPRINT.slice(3, 20), 'az iot hub '];
      const wide = lines.filter((line) => Array.from(line).length > columns);
      assert.deepEqual(
        wide.filter((line) => !whole.some((each) => line.includes(each))),
        [],
      );
    });

    it(`${columns} columns wide, each command is a line, and each fingerprint is whole`, () => {
      for (const { command = '' } of everything.diagnosis.findings) {
        assert.equal(lines.filter((line) => line.trim() === command).length, 1, command);
      }
      for (const { fingerprint } of [SERVER, ...(FACTS.ca?.roots ?? [])]) {
        const own = lines.filter((line) => line.includes(fingerprint));
        assert.ok(own.length > 0);
        // Where it has no room, nothing stands beside it that would be copied, too.
        if (columns < 110)
          assert.ok(
            own.every((line) => line.trim() === fingerprint),
            own.join('\n'),
          );
      }
    });

    it(`${columns} columns wide, every finding is told once`, () => {
      const told = lines.map((line) => line.trim()).join(' ');
      for (const { code } of everything.diagnosis.findings) {
        assert.equal(told.split(`(${code})`).length, 2, code);
      }
    });
  }

  it('what is going on is drawn and cleared, and the cursor comes back', () => {
    const text = shown(healthy, { isTTY: true, columns: 80 });
    assert.equal(text.split('\x1b[?25l').length, text.split('\x1b[?25h').length);
    assert.ok(text.lastIndexOf('\x1b[?25h') > text.lastIndexOf('\x1b[?25l'));
    assert.doesNotMatch(screen(text), /[⠋⠙⠹]/u);
  });

  it('an examination that fails leaves no half line', () => {
    const paper = new Paper({ isTTY: true, columns: 80 });
    const presentation = terminalPresentation(paper, { color: true, env: UTF8 });
    presentation.progress({ kind: 'started', step: 'connect', title: 'CONNECT' });
    presentation.abandon?.();
    assert.match(paper.text, /\r\x1b\[2K\x1b\[\?25h$/);
  });
});

it('where the way ended early the verdict goes first, and nothing is told of what nobody came to', () => {
  const [first] = everything.diagnosis.findings;
  const [, end] = shown(everything).split(/─{20,}\n/);
  assert.match(end, /^✘ Device d1 cannot connect to gateway\.local:8883\.\n/);
  assert.ok(end.includes(`Most likely: ${first.title} (${first.code})`));
  assert.match(end, /There are \d+ more problems; see below\.\n\n✘ problem: /);
  assert.doesNotMatch(end, /What cannot be known/);
});

it('behind CONNECT the verdict stands last, with the most likely cause, the remedy and the command', () => {
  const refused = { ...FACTS, connect: { outcome: 'refused', ms: 3, code: 5, slow: false } };
  const report = reportOf(/** @type {any} */ (refused), allFindings('connect'));
  const [first] = report.diagnosis.findings;
  const [, end] = shown(report).split(/─{20,}\n/);
  assert.match(end, /^✘ Device d1 cannot connect to gateway\.local:8883\.\n/);
  assert.ok(end.includes(`Most likely: ${first.title}`));
  assert.match(end, /\n {2}What to do: Do this and that/);
  assert.ok(end.includes(`\n    ${first.command}\n`));
  assert.match(end, /There are \d+ more problems; see above\.\n$/);
});

it('where all is well, the verdict says so with the words of OpenSSL, and warnings stand above', () => {
  const [warning] = allFindings('tls').filter(({ severity }) => severity === 'warning');
  const text = shown(reportOf(FACTS, [warning]));
  const [above, end] = text.split(/─{20,}\n/);
  assert.match(above, /\n! warning: Something is wrong/);
  assert.match(above, /\n {2}Verify return code: 0 \(ok\)\n/);
  assert.equal(
    end,
    [
      '✔ Device d1 can connect to gateway.local:8883.',
      '  One warning; see above.',
      '  Verify return code: 0 (ok). Examined in 5.1 s.',
      '',
    ].join('\n'),
  );
});

it('what cannot be known is told with the commands of the hub, before the verdict', () => {
  const text = shown(healthy);
  const at = text.indexOf('What cannot be known from this device');
  assert.ok(at > text.indexOf('Staying connected') && at < text.indexOf('────'));
  assert.ok(text.includes(`  Whether the device is disabled.\n    ${commandOf('status')}\n`));
});

it('findings of one kind are explained once', () => {
  const [first, second] = allFindings('tls');
  const twice = [first, { ...second, title: 'One' }, { ...second, title: 'Two' }];
  const text = shown(reportOf(unconnected, twice));
  const { code } = second;
  assert.ok(text.includes(`\n✘ problem: One (${code})\n✘ problem: Two (${code})\n  It is so for a reason`));
  assert.match(text, /There are 2 more problems; see below\.\n/);
});

it('of the evidence is told what was not told, and is of use to people', () => {
  const [first] = allFindings('connect');
  const evidence = {
    outcome: 'failed',
    code: 5,
    ms: 3,
    detail: 'the peer is gone',
    names: ['DNS:a', 'DNS:b'],
  };
  const text = shown(reportOf(FACTS, [{ ...first, title: 'Of DNS:a, DNS:b', evidence }]));
  assert.match(text.replace(/\s+/g, ' '), / Seen: detail: the peer is gone\. What to do:/);
});

describe('colours', () => {
  const terminal = { isTTY: true, columns: 80 };
  /** @type {[string, object, boolean][]} */
  const CASES = [
    ['in a terminal', terminal, true],
    ['not with --no-color', { ...terminal, color: false }, false],
    ['not with --no-color and FORCE_COLOR', { color: false, env: { ...UTF8, FORCE_COLOR: '1' } }, false],
    ['not with NO_COLOR', { ...terminal, env: { ...UTF8, NO_COLOR: '1' } }, false],
    ['with an empty NO_COLOR', { ...terminal, env: { ...UTF8, NO_COLOR: '' } }, true],
    ['not in a pipe', {}, false],
    ['in a pipe with FORCE_COLOR', { env: { ...UTF8, FORCE_COLOR: '1' } }, true],
    ['with FORCE_COLOR and NO_COLOR', { env: { ...UTF8, FORCE_COLOR: '', NO_COLOR: '1' } }, true],
    ['not with FORCE_COLOR=0', { ...terminal, env: { ...UTF8, FORCE_COLOR: '0' } }, false],
    ['not in a dumb terminal', { ...terminal, env: { ...UTF8, TERM: 'dumb' } }, false],
  ];
  for (const [name, manner, colored] of CASES) {
    it(name, () => assert.equal(COLOR.test(shown(everything, manner)), colored));
  }

  it('say nothing that words and signs do not say, and are none that vanish', () => {
    const text = shown(everything, terminal);
    const plain = shown(everything, { ...terminal, color: false });
    assert.equal(screen(text), screen(plain));
    const used = new Set(Array.from(text.matchAll(/\x1b\[(\d+)m/g), ([, code]) => Number(code)));
    // Not dim, black, yellow or white, nor a background.
    assert.deepEqual(
      [...used].filter((code) => ![0, 1, 22, 31, 32, 35, 39].includes(code)),
      [],
    );
  });
});

it('a locale without UTF-8 gets ASCII, LC_ALL before LANG', () => {
  for (const env of [
    { LANG: 'C' },
    { LANG: 'en_US.UTF-8', LC_ALL: 'POSIX' },
    {},
    { ...UTF8, TERM: 'dumb' },
  ]) {
    for (const report of [healthy, everything]) assert.match(shown(report, { env }), /^[\n -~]*$/);
  }
  assert.match(shown(healthy, { env: { LC_ALL: 'C.utf8', LANG: 'C' } }), /^✔ Connection string/);
  assert.match(shown(healthy, { env: {} }), /^\[ OK \] Connection string/);
});

it('what a certificate holds cannot steer the terminal, nor turn the direction of writing', () => {
  const subject = 'CN=\x1b[2J\x1b]0;title\x07\u202eevil\r\nInjected';
  const chain = /** @type {import('../../..').ChainFacts} */ (FACTS.certificate);
  const facts = {
    ...unconnected,
    certificate: { ...chain, presented: [{ ...SERVER, subject, issuer: subject }], path: [0] },
  };
  const [finding] = allFindings('certificate');
  const hostile = { ...finding, title: `It is ${subject}`, command: `echo '${subject}'` };
  const text = shown(reportOf(facts, [hostile]));
  assert.doesNotMatch(text, CONTROL);
  assert.doesNotMatch(text, /[\u202a-\u202e]/);
  assert.doesNotMatch(text, /^\s*Injected/m);
});

it('a reader who has seen enough, as `head`, ends it without a word', async () => {
  const bin = path.join(__dirname, '../../../bin/edge-downstream.js');
  const connectionString =
    'HostName=h.azure-devices.net;DeviceId=d;SharedAccessKey=AAAA;GatewayHostName=127.0.0.1:1';
  const child = spawn(process.execPath, [bin, 'doctor', connectionString], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk) => (complaint += chunk));
  child.stdout.destroy();
  const [code] = await once(child, 'exit');
  assert.deepEqual([code, complaint], [141, '']);
});

describe('Ctrl-C', () => {
  it('leaves a clean screen, the cursor and a sentence; the process ends by that signal', async () => {
    const child = spawn(process.execPath, [path.join(__dirname, 'waiting_terminal.js')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    const [[code, signal]] = await Promise.all([once(child, 'exit'), once(child.stdout, 'close')]);
    assert.deepEqual([code, signal], [null, 'SIGINT']);
    assert.match(
      text,
      /\r\x1b\[2K\x1b\[\?25hInterrupted at CONNECT\. What is above was found until then\.\n$/,
    );
  });
});

it('an app that requires the package loads none of this', () => {
  const script = `require('./index.js'); console.log(Object.keys(require.cache).filter((file) => /presentation/.test(file)).length)`;
  const cwd = path.join(__dirname, '..', '..', '..');
  assert.equal(execFileSync(process.execPath, ['-e', script], { cwd, encoding: 'utf8' }), '0\n');
});
