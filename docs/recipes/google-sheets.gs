/**
 * Sends each new row of a sheet to a source of Fairlead, and writes the answer beside it.
 *
 * Extensions → Apps Script, paste this file, then Project Settings → Script properties:
 *   FAIRLEAD_URL     https://leads.example
 *   FAIRLEAD_SOURCE  the source's key, such as website
 *   FAIRLEAD_SECRET  the source's secret
 *   FAIRLEAD_SHEET   the sheet's name; the first one when absent
 * Then run `install` once. The sheet's first row names the fields: name, phone, state …
 *
 * The column “Fairlead” is this script's own. Before a row is sent, the key of its request is
 * written there; a run that breaks off is repeated with that key, and Fairlead takes no row twice.
 */

const COLUMN = 'Fairlead';
/** As many as one request may have. */
const ROWS_PER_REQUEST = 1000;
/** A body may have 4 MiB, and a character up to four bytes. */
const CHARACTERS_PER_REQUEST = 1000000;
const TRIES = 5;
/** Google ends a run after six minutes. */
const RUN_MS = 5 * 60 * 1000;

/** Run once: sends every five minutes from now on. */
function install() {
  for (const trigger of ScriptApp.getProjectTriggers()) {
    if (trigger.getHandlerFunction() === 'sendRows') ScriptApp.deleteTrigger(trigger);
  }
  ScriptApp.newTrigger('sendRows').timeBased().everyMinutes(5).create();
  sendRows();
}

/** A menu for those who do not want to wait. */
function onOpen() {
  SpreadsheetApp.getUi().createMenu('Fairlead').addItem('Send new rows now', 'sendRows').addToUi();
}

/** Sends every row that has no answer yet. */
function sendRows() {
  const lock = LockService.getScriptLock();
  // Another run is sending: it, or the next one, finds what this one would have.
  if (!lock.tryLock(1000)) return;
  try {
    const settings = readSettings(PropertiesService.getScriptProperties().getProperties());
    const sheet = findSheet(settings.sheet);
    const column = ownColumn(sheet);
    const until = Date.now() + RUN_MS;
    while (Date.now() < until) {
      const values = sheet.getDataRange().getDisplayValues();
      const batch = reserved(values, column);
      if (batch === null) {
        const marks = reserve(values, column, Utilities.getUuid());
        if (Object.keys(marks).length === 0) return;
        writeMarks(sheet, column, marks);
      } else {
        const answers = post(settings, batch, until);
        // People may have sorted the sheet meanwhile: a row is found by its mark.
        const now = sheet.getDataRange().getDisplayValues();
        writeMarks(sheet, column, answersByRow(now, column, batch, answers));
      }
      SpreadsheetApp.flush();
    }
  } finally {
    lock.releaseLock();
  }
}

function readSettings(properties) {
  for (const name of ['FAIRLEAD_URL', 'FAIRLEAD_SOURCE', 'FAIRLEAD_SECRET']) {
    if (!properties[name]) throw new Error('The script property ' + name + ' is missing.');
  }
  const root = properties.FAIRLEAD_URL.replace(/\/+$/, '');
  if (!root.startsWith('https://')) throw new Error('FAIRLEAD_URL must begin with https://.');
  return {
    url: root + '/api/v1/ingest/' + encodeURIComponent(properties.FAIRLEAD_SOURCE),
    secret: properties.FAIRLEAD_SECRET,
    sheet: properties.FAIRLEAD_SHEET
  };
}

function findSheet(name) {
  const book = SpreadsheetApp.getActiveSpreadsheet();
  const sheet = name ? book.getSheetByName(name) : book.getSheets()[0];
  if (!sheet) throw new Error('There is no sheet “' + name + '”.');
  return sheet;
}

/** Where the answers stand, from 0; made behind the others if it is not there. */
function ownColumn(sheet) {
  const headers = sheet.getDataRange().getDisplayValues()[0];
  const column = headers.indexOf(COLUMN);
  if (column >= 0) return column;
  sheet.getRange(1, headers.length + 1).setValue(COLUMN);
  SpreadsheetApp.flush();
  return headers.length;
}

/** Marks for the next rows without an answer, as many as one request takes. */
function reserve(values, column, key) {
  const marks = {};
  let count = 0;
  let characters = 0;
  for (let at = 1; at < values.length && count < ROWS_PER_REQUEST; at += 1) {
    const item = itemOf(values[0], values[at], column);
    if (values[at][column] !== '' || Object.keys(item).length === 0) continue;
    characters += JSON.stringify(item).length + 1;
    if (count > 0 && characters > CHARACTERS_PER_REQUEST) break;
    marks[at + 1] = 'sending ' + key + '/' + count;
    count += 1;
  }
  return marks;
}

/** The rows that are marked for one request, in its order; `null` when none are. */
function reserved(values, column) {
  const rows = values.slice(1).map((cells) => ({ cells, mark: markOf(cells[column]) }));
  const first = rows.find((row) => row.mark !== null);
  if (!first) return null;
  const key = first.mark.key;
  const same = rows.filter((row) => row.mark !== null && row.mark.key === key);
  same.sort((a, b) => a.mark.index - b.mark.index);
  return {
    key,
    indexes: same.map((row) => row.mark.index),
    items: same.map((row) => itemOf(values[0], row.cells, column))
  };
}

/** A row's cells by their headers, as they are shown: so a phone number keeps its zeros. */
function itemOf(headers, cells, column) {
  const item = {};
  headers.forEach((header, at) => {
    if (at !== column && header.trim() !== '' && cells[at] !== '') item[header.trim()] = cells[at];
  });
  return item;
}

/** The request that a row is part of until it has an answer. */
function markOf(cell) {
  const found = /^sending (\S+)\/(\d+)$/.exec(cell);
  return found ? { key: found[1], index: Number(found[2]) } : null;
}

/** Posts a batch, again while the server is busy or away. `null`: send it with another key. */
function post(settings, batch, until) {
  let trouble = '';
  for (let tries = 1; tries <= TRIES; tries += 1) {
    let response = null;
    try {
      response = UrlFetchApp.fetch(settings.url, {
        method: 'post',
        contentType: 'application/json',
        headers: { 'X-Webhook-Secret': settings.secret, 'Idempotency-Key': batch.key },
        payload: JSON.stringify(batch.items),
        followRedirects: false,
        muteHttpExceptions: true
      });
    } catch (error) {
      trouble = 'Fairlead cannot be reached: ' + error.message;
    }
    if (response !== null) {
      const status = response.getResponseCode();
      const text = response.getContentText();
      if (status === 202) return JSON.parse(text).items;
      // A row of the request was changed or deleted after it was sent.
      if (status === 422 && text.includes('idempotency_key_reused')) return null;
      trouble = 'Fairlead answered ' + status + ': ' + detailOf(text);
      if (status !== 429 && status < 500) break;
    }
    const pause = pauseMs(response, tries);
    if (tries === TRIES || Date.now() + pause > until) break;
    Utilities.sleep(pause);
  }
  // The rows keep their marks: the next run sends them again. Google mails this to the owner.
  throw new Error(trouble);
}

/** As long as the server says, or twice as long each time. */
function pauseMs(response, tries) {
  const headers = response === null ? {} : response.getHeaders();
  const name = Object.keys(headers).find((header) => header.toLowerCase() === 'retry-after');
  const secs = Number(name === undefined ? NaN : headers[name]);
  return Math.min(secs > 0 ? secs * 1000 : 1000 * Math.pow(2, tries), 60000);
}

function detailOf(text) {
  try {
    const problem = JSON.parse(text);
    return problem.detail || problem.title || '';
  } catch (_) {
    return text.slice(0, 200);
  }
}

/** What to write into each row of the batch; nothing where it must be sent with another key. */
function answersByRow(values, column, batch, answers) {
  const marks = {};
  values.forEach((cells, at) => {
    const mark = markOf(cells[column]);
    if (mark === null || mark.key !== batch.key) return;
    const place = batch.indexes.indexOf(mark.index);
    if (place >= 0) marks[at + 1] = answers === null ? '' : said(answers[place]);
  });
  return marks;
}

/** An answer in one line. */
function said(answer) {
  if (answer.error) {
    const fields = (answer.error.errors || []).map((one) => (one.field + ' ' + one.problem).trim());
    return 'refused: ' + (fields.join('; ') || answer.error.detail || answer.error.title);
  }
  if (answer.duplicate_of) return answer.id + ': duplicate of ' + answer.duplicate_of;
  const agent = answer.assigned_to ? ', agent ' + answer.assigned_to : '';
  return answer.id + ': ' + answer.state + agent;
}

/** Writes several cells of the own column at once: one by one would take minutes. */
function writeMarks(sheet, column, marks) {
  const rows = Object.keys(marks).map(Number);
  if (rows.length === 0) return;
  const first = Math.min(...rows);
  const range = sheet.getRange(first, column + 1, Math.max(...rows) - first + 1, 1);
  const cells = range.getDisplayValues();
  rows.forEach((row) => (cells[row - first][0] = marks[row]));
  range.setValues(cells);
}
