const response = await fetch("https://roomai.com/api/v1/balance", {
  headers: { "Authorization": "Bearer rai_test_your_api_key" },
});

const { available, held, owed } = await response.json();
console.log({ available, held, owed });
