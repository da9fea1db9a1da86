const headers = {
  "Authorization": "Bearer rai_test_your_api_key",
  "Content-Type": "application/json",
};

let response = await fetch("https://roomai.com/api/v1/generate", {
  method: "POST",
  headers: { ...headers, "Prefer": "respond-async" },
  body: JSON.stringify({
    model: "changebg",
    image: "https://example.com/furniture-photo.jpg",
    prompt: "a bright minimalist showroom with white walls and natural light",
  }),
});
let data = await response.json();

while (data.status === "processing") {
  await new Promise((wake) => setTimeout(wake, 1000));
  response = await fetch(data.status_url, { headers });
  data = await response.json();
}

console.log(data.status === "success" ? data.result.image_url : data.error.message);
