// What the phone asks of the stand-in.

const PEOPLE = "/sim/telegram/people";

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(content.error ?? answer.statusText);
  return content;
}

export const newPerson = (name, language_code) => post(PEOPLE, { name, language_code });

export async function findPerson(id) {
  const answer = await fetch(`${PEOPLE}/${id}`);
  return answer.ok ? answer.json() : null;
}

export const act = (id, name, body = {}) => post(`${PEOPLE}/${id}/${name}`, body);

export const eventsOf = (id) => new EventSource(`${PEOPLE}/${id}/events`);

export const pictureOf = (photo) => `/sim/telegram/files/${photo.at(-1).file_unique_id}`;
